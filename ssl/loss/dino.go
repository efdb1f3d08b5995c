package loss

import . "github.com/gomlx/gomlx/core/graph"

// DINO has the student predict, from every view, the teacher's centred and sharpened output
// for each other large view: the mean over pairs of different views of the cross entropy.
// (Caron et al. 2021, arXiv:2104.14294, algorithm 1)
//
//	teacher      two [n, outputs]          of the large views; no gradient flows
//	student      two or more [n, outputs]  of the large views, then of the small crops
//	center       [outputs]                 of before the step; see [DINOCenter]
//	teacherTemperature []                  the paper uses 0.04
//	temperature  []                        of the student; the paper uses 0.1
func DINO(teacher, student []*Node, center, teacherTemperature, temperature *Node) *Node {
	var sum *Node
	pairs := 0
	for i, t := range teacher {
		p := Softmax(Div(Sub(StopGradient(t), ExpandLeftToRank(center, 2)), teacherTemperature))
		for j, s := range student {
			if j != i {
				sum = plus(sum, crossEntropy(p, Div(s, temperature)))
				pairs++
			}
		}
	}
	return DivScalar(sum, float64(pairs))
}

// DINOCenter moves the centre towards the mean of the teacher's outputs:
// momentum·center + (1−momentum)·mean. (the same, eq. 4)
//
//	momentum []  the paper uses 0.9
func DINOCenter(center *Node, teacher []*Node, momentum *Node) *Node {
	mean := ReduceMean(StopGradient(Concatenate(teacher, 0)), 0)
	return Add(Mul(center, momentum), Mul(mean, OneMinus(momentum)))
}
